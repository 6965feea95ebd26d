/** How a value lies in the bytes (protobuf's encoding, "message structure"). */
import type { ValueKind } from './schema.ts';

export const lengthDelimited = 2;

export const wireTypes: Readonly<Record<ValueKind | 'message', number>> = {
	double: 1,
	float: 5,
	int32: 0,
	uint32: 0,
	sint32: 0,
	fixed32: 5,
	sfixed32: 5,
	int64: 0,
	uint64: 0,
	sint64: 0,
	fixed64: 1,
	sfixed64: 1,
	bool: 0,
	string: lengthDelimited,
	bytes: lengthDelimited,
	enum: 0,
	message: lengthDelimited,
};
