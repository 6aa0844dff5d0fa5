export { changeSetting, type SettingChange } from './change.ts';
export { lintSettings } from './lint.ts';
export { type ListedSetting, listSettings } from './list.ts';
export { environmentSettings, readSettings, type Settings } from './load.ts';
export { findSetting, type KnownIntegration, type KnownSetting, type SettingKind } from './setting-kind.ts';
