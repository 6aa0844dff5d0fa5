import type { JsonValue } from '../json/index.ts';
import { schemaAt } from './effective.ts';
import type { ObjectSchema } from './object-schema.ts';
import { PREDICATES, unknownField } from './predicates.ts';
import type { PlacedProblem, ValuePath } from './problem.ts';

/** The slice of ajv's error object that is used. */
export interface ValidatorError {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
}

/** A compiled validator: ajv 8 (draft 2020-12, `allErrors`, `strict: false`), as standalone code or from `compile`. */
export interface CompiledValidator {
  (data: unknown): boolean;
  errors?: readonly ValidatorError[] | null;
}

/** The problems that a validator found. Those of an enum say more than that of the type, so they come first: of one value the first stays. */
export function readErrors(input: ObjectSchema, value: JsonValue, errors: readonly ValidatorError[]): PlacedProblem[] {
  const enums = errors.filter(({ keyword }) => keyword === 'enum');
  const others = errors.filter(({ keyword }) => keyword !== 'enum');
  return [...enums, ...others].map((error) => readError(input, value, error));
}

function readError(input: ObjectSchema, value: JsonValue, { instancePath, keyword, params, message }: ValidatorError): PlacedProblem {
  const at = readPointer(instancePath, value);
  if (keyword === 'required') return { at: [...at, String(params.missingProperty)], predicate: 'is required.' };
  const refused = params.additionalProperty ?? params.unevaluatedProperty;
  if (refused !== undefined) return unknownField(namesAt(input, at), at, String(refused));
  return { at, predicate: PREDICATES[keyword]?.(params) ?? `${message ?? 'is not valid'}.` };
}

function namesAt(input: ObjectSchema, at: ValuePath): readonly string[] {
  return schemaAt(input, at)?.branches.flatMap((branch) => branch.propertyNames()) ?? [];
}

/** The place that a JSON pointer (RFC 6901) leads to. Whether `0` is a position or a name is for the value to say. */
export function readPointer(pointer: string, value: JsonValue): ValuePath {
  let here: unknown = value;
  return pointer
    .split('/')
    .slice(1)
    .map((escaped) => {
      const name = escaped.replaceAll('~1', '/').replaceAll('~0', '~');
      const part = Array.isArray(here) ? Number(name) : name;
      here = (here as Readonly<Record<string | number, unknown>> | null)?.[part];
      return part;
    });
}
