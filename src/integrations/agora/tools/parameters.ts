import type { JsonSchema } from '../../../schema/index.ts';

/** Parameters that several tools share. */

export const CNAME: JsonSchema = { type: 'string', description: 'Name of the channel that is recorded.' };

export const UID: JsonSchema = {
  type: 'string',
  description: 'UID of the recorder in the channel: 1 to 4294967295, not used by a participant, the same in every call.',
};

export const RESOURCE_ID: JsonSchema = { type: 'string', description: 'resourceId from acquire_recording_resource.' };

export const SID: JsonSchema = { type: 'string', description: 'sid from start_recording.' };

export const MODE: JsonSchema = {
  type: 'string',
  description: 'individual (a file for each user), mix (one file for all) or web (a web page).',
  enum: ['individual', 'mix', 'web'],
  aliases: { composite: 'mix', webpage: 'web', web_page: 'web' },
};

const NOT_NEEDED = 'Not needed; accepted so that the table that record returns fits every function.';

/** `cname` and `uid` where the call does without them. */
export const UNNEEDED_IDENTITY = { cname: { ...CNAME, description: NOT_NEEDED }, uid: { ...UID, description: NOT_NEEDED } };

export const CLIENT_REQUEST: JsonSchema = {
  type: 'object',
  description: "Agora's clientRequest as it is, for fields without a parameter here. Parameters win over fields of the same meaning.",
};
