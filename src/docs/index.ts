export { renderList, renderSearch } from './index-pages.ts';
export { type Documentation, findPage, type Guide, pageNames } from './model.ts';
export { renderPage } from './render-text.ts';
