export { lintSettings } from './lint.ts';
export { type ListedSetting, listSettings } from './list.ts';
export { environmentSettings, readSettings, type Settings } from './load.ts';
