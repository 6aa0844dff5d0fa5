// A file of its own, because what is loaded late has no names of a CommonJS module once it is bundled.
export { lock } from 'proper-lockfile';
