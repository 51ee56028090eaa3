/** A statement failed in the engine; `cause` is the engine's own error. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}

/** The store cannot be opened; the message says what to do. */
export class StoreOpenError extends Error {
  override readonly name = 'StoreOpenError';
}

/** Somebody else has the store open; the message says who is to be stopped. */
export class StoreLockedError extends Error {
  override readonly name = 'StoreLockedError';
}

/** The applied migrations are not the ones this version ships. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}
