/**
 * The walls of the house: what each room of exporter/src may import. test/house/walls.test.ts runs them.
 * Each rule's comment is what a reader is told when it is broken.
 */
const ROOM = '^exporter/src';
const NODE_IO =
  '^(node:)?(fs|fs/promises|net|http|http2|https|tls|dgram|dns|child_process|worker_threads|os|readline)$';
const STORE_ENGINES = '(^|node_modules/)(@clickhouse|chdb|@chdb)(/|$)';

/** A room that may import what is listed and nothing else; packages and Node's own modules included. */
function onlyImports(room, allowed, comment) {
  return {
    name: `${room}-imports-only-what-is-listed`,
    comment,
    severity: 'error',
    from: { path: `${ROOM}/${room}/` },
    to: { pathNot: [`${ROOM}/${room}/`, ...allowed] },
  };
}

/** Modules that the listed places alone may import. */
function onlyImportedBy(name, target, places, comment) {
  return { name, comment, severity: 'error', from: { path: ROOM, pathNot: places }, to: target };
}

const pureRooms = [
  onlyImports('units', [`${ROOM}/assert\\.ts$`], 'units is a leaf: it imports assert and nothing else.'),
  onlyImports('contract', ['(^|node_modules/)zod(/|$)'], 'contract is shared with the plugin: it imports zod alone.'),
  onlyImports('facts', [`${ROOM}/(units|contract)/`], 'facts are plain records over units and the contract types.'),
  ...['ledger', 'reconciliation'].map((room) =>
    onlyImports(
      room,
      [`${ROOM}/(units|facts)/`, `${ROOM}/assert\\.ts$`, '^(node:)?crypto$'],
      `${room} is pure: facts in, facts out. What it needs beside units and facts comes in as an argument.`,
    ),
  ),
];

const edges = [
  {
    name: 'feeds-parse-without-io',
    comment: 'Reading and parsing live in different files: only read*, watch*, poll*, unpack* and *-files may do I/O.',
    severity: 'error',
    from: { path: `${ROOM}/feeds/`, pathNot: '/((read|watch|poll|unpack)[^/]*|[^/]*-files)\\.ts$' },
    to: { path: NODE_IO },
  },
  {
    name: 'feeds-know-no-ledger',
    comment: 'A feed hands facts to a cycle; it knows neither the store nor the ledger nor the views.',
    severity: 'error',
    from: { path: `${ROOM}/feeds/` },
    to: { path: `${ROOM}/(store|ledger|reconciliation|cycles|views|cli)/` },
  },
  {
    name: 'store-knows-no-money-rules',
    comment: 'The store keeps facts and sums; money is decided in ledger, and shown in views.',
    severity: 'error',
    from: { path: `${ROOM}/store/` },
    to: {
      path: `${ROOM}/(feeds|ledger|reconciliation|cycles|views|cli|contract)/|(^|node_modules/)(express|prom-client)/`,
    },
  },
  onlyImportedBy(
    'store-alone-knows-the-engine',
    { path: STORE_ENGINES },
    `${ROOM}/store/`,
    'Only the store talks to ClickHouse; everybody else talks to the Store port.',
  ),
  onlyImportedBy(
    'connect-alone-loads-chdb',
    { path: '(^|node_modules/)(chdb|@chdb)(/|$)' },
    `${ROOM}/store/connect\\.ts$`,
    'chdb is an optional dependency: store/connect.ts alone loads it, dynamically.',
  ),
  {
    name: 'views-only-project',
    comment: 'Views show what the last cycle closed: they compute no cost, read no feed and know no SQL.',
    severity: 'error',
    from: { path: `${ROOM}/views/` },
    to: { path: `${ROOM}/(ledger|reconciliation|feeds|cycles|cli)/|${ROOM}/store/(?!store\\.ts$)` },
  },
  {
    name: 'views-take-the-store-as-a-type',
    comment: 'Views are handed a Store by main; import its type (`import type`), not its code.',
    severity: 'error',
    from: { path: `${ROOM}/views/` },
    to: { path: `${ROOM}/store/`, dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'cycles-show-nothing',
    comment: 'A cycle loads, calls pure code and saves; what is shown is the business of views.',
    severity: 'error',
    from: { path: `${ROOM}/cycles/` },
    to: { path: `${ROOM}/(views|cli)/|(^|node_modules/)(express|prom-client)/` },
  },
  onlyImportedBy(
    'clock-is-an-argument',
    { path: `${ROOM}/clock\\.ts$`, dependencyTypesNot: ['type-only'] },
    `${ROOM}/(main\\.ts$|cli/)`,
    'The clock is handed in: import its type, and let main or a verb make it.',
  ),
];

const everywhere = [
  {
    name: 'main-is-imported-by-nobody',
    comment: 'main wires everything and is imported by nobody.',
    severity: 'error',
    from: {},
    to: { path: `${ROOM}/main\\.ts$` },
  },
  {
    name: 'oracle-shares-no-code',
    comment: 'The oracle proves the ledger: it shares no code with what it proves, not even the split.',
    severity: 'error',
    from: { path: '^test/oracle/' },
    to: { path: `${ROOM}/(ledger|reconciliation|units|cycles|store|views)/` },
  },
  {
    name: 'simulation-shares-no-code-with-the-ledger',
    comment: 'The simulation tells what runs truly cost: it shares no code with what it proves, not even the split.',
    severity: 'error',
    from: { path: `${ROOM}/simulation/` },
    to: {
      path: `${ROOM}/(ledger|reconciliation|store|cycles|views|feeds|config|cli)/|${ROOM}/units/(split|money)\\.ts$`,
    },
  },
  {
    name: 'contract-is-the-only-door',
    comment: 'plugin and dashboards read exporter/src/contract and nothing else of the exporter.',
    severity: 'error',
    from: { path: '^(plugin|dashboards)/' },
    to: { path: '^exporter/', pathNot: `${ROOM}/contract/` },
  },
  {
    name: 'no-cycles',
    comment: 'Two modules that need each other are one module, or one of them holds a third.',
    severity: 'error',
    from: {},
    to: { circular: true },
  },
  {
    name: 'no-unresolvable-imports',
    comment: 'An import must lead somewhere.',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true, pathNot: '^(chdb|@chdb)' },
  },
  {
    name: 'product-needs-no-development-package',
    comment: 'exporter/src runs with `dependencies` and `optionalDependencies` alone.',
    severity: 'error',
    from: { path: ROOM },
    to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'product-needs-no-test',
    comment: 'What exporter/src needs does not live in test/.',
    severity: 'error',
    from: { path: '^exporter/' },
    to: { path: '^test/' },
  },
];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [...pureRooms, ...edges, ...everywhere],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^exporter/dist' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.json', '.mjs', '.cjs'],
      conditionNames: ['require', 'node', 'default', 'types'],
      exportsFields: ['exports'],
    },
  },
};
