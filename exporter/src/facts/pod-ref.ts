/** Names a pod; `uid` is null where a source tells only the name. Names are reused, uids never. */
export type PodRef = { readonly uid: string | null; readonly namespace: string; readonly name: string };
