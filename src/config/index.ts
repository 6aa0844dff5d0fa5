export { changeFile, readFileIfThere } from './atomic-file.ts';
export { type ConfigDocument, deleteSetting, editConfig, setSetting } from './edit.ts';
export { homeFolder } from './home.ts';
export { type Config, type ConfigLayer, type ConfigLocation, type ConfigScope, configFile, readConfig } from './load-file.ts';
export { findProject } from './project.ts';
