import { z } from 'zod';
import { problem, problemKinds, type ProblemKind } from './problem';
import { type Route, routes } from './routes';

type Json = { [key: string]: unknown };

const DRAFT = 'https://json-schema.org/draft/2020-12/schema';
const everywhere: readonly ProblemKind[] = ['unauthorized', 'forbidden', 'internal', 'not-ready'];

/** The OpenAPI 3.1 description of every route in the table. */
export function openApi(): Json {
  const schemas: Json = {};
  const paths: Json = {};
  for (const [operationId, route] of Object.entries(routes) as [string, Route][]) {
    paths[route.path] = { [route.method]: operation(operationId, route, schemas) };
  }
  const problemSchema = schemaOf(problem, schemas);
  return {
    openapi: '3.1.0',
    jsonSchemaDialect: DRAFT,
    info: {
      title: 'Flowledger',
      version: '1',
      description: 'What every Metaflow run costs. Amounts are exact decimal text; unknown is null, never 0.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{}, { bearer: [] }, { basic: [] }],
    paths,
    components: {
      schemas: sorted(schemas),
      responses: { Problem: problemResponse(problemSchema) },
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' }, basic: { type: 'http', scheme: 'basic' } },
    },
  };
}

function operation(operationId: string, route: Route, schemas: Json): Json {
  const parameters = [...parametersOf(route.params, 'path'), ...parametersOf(route.query, 'query')];
  const statuses = new Set([...route.problems, ...everywhere].map((kind) => problemKinds[kind].status));
  const problems = [...statuses].sort().map((status) => [status, { $ref: '#/components/responses/Problem' }]);
  return {
    operationId,
    summary: route.summary,
    'x-scope': route.scope,
    ...(parameters.length > 0 && { parameters }),
    responses: {
      200: {
        description: 'OK',
        content: { 'application/json': { schema: schemaOf(route.response, schemas) } },
      },
      ...Object.fromEntries(problems),
    },
  };
}

function parametersOf(schema: z.ZodObject, place: 'path' | 'query'): Json[] {
  const printed = z.toJSONSchema(schema, { io: 'input' }) as { properties?: Json; required?: string[]; $defs?: Json };
  return Object.entries(printed.properties ?? {}).map(([name, property]) => {
    const { description, ...rest } = inlined(property as Json, printed.$defs ?? {});
    return {
      name,
      in: place,
      required: place === 'path' || (printed.required ?? []).includes(name),
      ...(description !== undefined && { description }),
      schema: rest,
    };
  });
}

function inlined(property: Json, definitions: Json): Json {
  const { $ref, ...rest } = property;
  if (typeof $ref !== 'string') return property;
  return { ...(definitions[$ref.slice('#/$defs/'.length)] as Json), ...rest };
}

/** Prints one schema; its named parts move to the components. */
function schemaOf(schema: z.ZodType, schemas: Json): Json {
  const printed = JSON.stringify(z.toJSONSchema(schema, { io: 'output' }));
  const moved = JSON.parse(printed.replaceAll('#/$defs/', '#/components/schemas/')) as Json;
  const rest = Object.entries(moved).filter(([key]) => key !== '$schema' && key !== '$defs');
  Object.assign(schemas, moved['$defs']);
  return Object.fromEntries(rest);
}

function problemResponse(schema: Json): Json {
  return { description: 'A problem (RFC 9457).', content: { 'application/problem+json': { schema } } };
}

function sorted(schemas: Json): Json {
  return Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1)));
}
