/** Errors with stable codes, which the contracts raise too and therefore keep. */
export { CodedError, codeOf } from '../proto/host/coded-error.ts';
