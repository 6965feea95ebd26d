/** Gives what tuf-js throws while it verifies one metadata file one of our codes. */
import { LengthOrHashMismatchError, UnsignedMetadataError } from '@tufjs/models/dist/error.js';
import { BadVersionError, ExpiredMetadataError, RepositoryError } from 'tuf-js/dist/error.js';
import { TrustError, type TrustErrorCode } from './trust-error.ts';

/** @param file the metadata file being verified, such as `timestamp.json` */
export function trustErrorOf(error: unknown, file: string): TrustError {
	if (error instanceof TrustError) return error;
	const message = error instanceof Error ? error.message : String(error);
	return new TrustError(codeOf(error, message), `${file}: ${message}`, { cause: error });
}

function codeOf(error: unknown, message: string): TrustErrorCode {
	if (error instanceof UnsignedMetadataError) return 'metadata-signature';
	if (error instanceof ExpiredMetadataError) return 'metadata-expired';
	if (error instanceof LengthOrHashMismatchError) return 'metadata-mismatch';
	// 5.4.3, 5.5.5: older than, or no longer listing, what was trusted before. A version that is not the
	// one another file announces (5.3.5, 5.5.4, 5.6.4) has the same class and only the message tells.
	if (error instanceof BadVersionError) {
		const [, expected, got] = /^Expected version (\d+), got (\d+)$/.exec(message) ?? [];
		const isOlder = message.includes('less than current') || Number(got) < Number(expected);
		return isOlder ? 'metadata-rollback' : 'metadata-mismatch';
	}
	if (error instanceof RepositoryError && message.startsWith('Missing file')) return 'metadata-rollback';
	return 'metadata-malformed';
}
