/** Where Node keeps this checkout's code as its engine has compiled it: beside the code, with whoever may change that. */
import { fileURLToPath } from 'node:url';

export const compiledCode = fileURLToPath(new URL('../node_modules/.cache/mullion', import.meta.url));
