/** What can be wrong with a .proto file that bindings are wanted for. */
import { CodedError } from '../../../runtime/error.ts';

export const protoErrors = {
	'proto-not-found': 'A .proto file, or one that it imports, or a type that was asked for, does not exist',
	'proto-syntax': 'A .proto file does not parse',
	'proto-unsupported':
		'A .proto file uses something that has no binding: proto2, editions, or names that clash',
} as const;

export class ProtoError extends CodedError<keyof typeof protoErrors> {
	override readonly name = 'ProtoError';
}
