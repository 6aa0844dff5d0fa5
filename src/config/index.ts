export { changeFile, readFileIfThere } from './atomic-file.ts';
export { type ConfigDocument, deleteSetting, editConfig, setSetting } from './edit.ts';
export { homeFolder } from './home.ts';
export { type ConfigLayer, type ConfigScope, ROOT_KEY } from './layer.ts';
export { type Config, type ConfigLocation, configFile, readConfig } from './load-file.ts';
export { findProject } from './project.ts';
