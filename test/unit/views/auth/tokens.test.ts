import { findToken, hashToken, parseTokens } from '../../../../exporter/src/views/auth/tokens';

const DIGEST = hashToken('correct horse battery staple 0123456789');

test('a list of tokens is read from YAML and from JSON', () => {
  const yaml = `
- name: grafana
  sha256: ${DIGEST}
  scopes: [read]
- {name: vision, sha256: ${DIGEST}, scopes: [read], teams: [vision]}
`;
  const tokens = [
    { name: 'grafana', sha256: DIGEST, scopes: ['read'], teams: null },
    { name: 'vision', sha256: DIGEST, scopes: ['read'], teams: ['vision'] },
  ];
  expect(parseTokens(yaml)).toEqual({ tokens });
  expect(parseTokens(JSON.stringify([tokens[1]]))).toEqual({ tokens: [tokens[1]] });
});

test('a team that is named twice is one team', () => {
  const read = parseTokens(`- {name: a, sha256: ${DIGEST}, scopes: [read], teams: [vision, language, vision]}`);
  expect(read).toMatchObject({ tokens: [{ teams: ['vision', 'language'] }] });
});

test.each([
  ['[]', 'the file: '],
  ['', 'the file: '],
  ['name: x', 'the file: '],
  ['- {name: a, scopes: [read]}', '[0].sha256: '],
  [`- {name: a, sha256: CANARY, scopes: [read]}`, '[0].sha256: must be the 64 lower-case hex digits of sha256(token)'],
  [`- {name: a, sha256: ${DIGEST}, scopes: []}`, '[0].scopes: '],
  [`- {name: a, sha256: ${DIGEST}, scopes: [write]}`, '[0].scopes[0]: '],
  [`- {name: a, sha256: ${DIGEST}, scopes: [read], teams: []}`, '[0].teams: '],
  [`- {name: a, token: CANARY, sha256: ${DIGEST}, scopes: [read]}`, '[0]: Unrecognized key: "token"'],
  [
    `- {name: a, sha256: ${DIGEST}, scopes: [read]}\n- {name: a, sha256: ${DIGEST}, scopes: [read]}`,
    'name: two tokens are called a',
  ],
  ['- [CANARY', 'line 1: is not YAML'],
  ['- a: 1\n  a: 2', 'line 2: is not YAML'],
])('%s is refused with the field named and no value repeated', (text, fault) => {
  const read = parseTokens(text);
  expect(read).toEqual({ faults: expect.arrayContaining([expect.stringContaining(fault)]) });
  expect(JSON.stringify(read)).not.toContain('CANARY');
});

test('a token is found by its digest, and another is not', () => {
  const tokens = [{ name: 'a', sha256: DIGEST, scopes: ['read' as const], teams: null }];
  expect(findToken('correct horse battery staple 0123456789', tokens)).toBe(tokens[0]);
  expect(findToken('correct horse battery staple 012345678', tokens)).toBeNull();
  expect(findToken('', tokens)).toBeNull();
});
