import type { Ajv } from 'ajv';
import { isUnsafeDigits } from '../../json/index.ts';
import type { CompiledValidator, ObjectSchema } from '../../schema/index.ts';

/** A validator. If the schema cannot be compiled, `problem` says why, and the server checks the arguments. */
export interface SchemaValidator {
  readonly validate: CompiledValidator;
  readonly problem?: string;
}

/**
 * Compiles the schema of a tool that was discovered. The only place where a compiler of schemas is loaded: those of kosmo's own tools
 * were compiled when it was built.
 */
export async function compileValidator(schema: ObjectSchema): Promise<SchemaValidator> {
  const { $schema, ...rest } = schema as ObjectSchema & { readonly $schema?: string };
  const isOlder = typeof $schema === 'string' && /draft-0[4-7]/.test($schema);
  const options = { allErrors: true, strict: false, validateFormats: false, logger: false } as const;
  try {
    // As a module of the older kind: the bundle knows it by its default alone.
    const { default: compiler } = isOlder ? await import('ajv') : await import('ajv/dist/2020.js');
    const ajv = new (compiler as unknown as typeof Ajv)(options);
    const validate = ajv.compile(withNumericLimits(rest) as typeof rest);
    if ('$async' in validate) throw new Error('it is asynchronous');
    return { validate: validate as unknown as CompiledValidator };
  } catch (thrown) {
    return { validate: () => true, problem: (thrown as Error).message };
  }
}

const LIMITS = new Set(['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf']);

// Numbers beyond 2^53 came in as the text of their digits. The compiler takes numbers only; `findFaults` knows the digits.
function withNumericLimits(schema: unknown): unknown {
  if (Array.isArray(schema)) return (schema as readonly unknown[]).map(withNumericLimits);
  if (typeof schema !== 'object' || schema === null) return schema;
  const isNumber = [(schema as { readonly type?: unknown }).type].flat().some((type) => type === 'integer' || type === 'number');
  return Object.fromEntries(
    Object.entries(schema).map(([keyword, value]): [string, unknown] => {
      if (LIMITS.has(keyword)) return [keyword, toNumber(value)];
      if (isNumber && keyword === 'enum' && Array.isArray(value)) return [keyword, (value as readonly unknown[]).map(toNumber)];
      return [keyword, isNumber && keyword === 'const' ? toNumber(value) : withNumericLimits(value)];
    }),
  );
}

function toNumber(value: unknown): unknown {
  return typeof value === 'string' && isUnsafeDigits(value) ? Number(value) : value;
}
