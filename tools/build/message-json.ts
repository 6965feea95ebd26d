/** A message as people write it in JSON -> its bytes. Strict, since a misspelt setting is a setting lost. */
import protobuf from 'protobufjs';
import { BuildError } from './build-error.ts';

/** @throws BuildError `bad-config` naming the field */
export function encodeJson(type: protobuf.Type, { value, at }: { value: unknown; at: string }): Uint8Array {
	check(type, value, at);
	return type.encode(type.fromObject(value as Record<string, unknown>)).finish();
}

function check(type: protobuf.Type, value: unknown, at: string): void {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(at, 'an object');
	for (const [name, content] of Object.entries(value)) {
		const field = type.fields[name];
		if (field === undefined) {
			const known = Object.keys(type.fields).join(', ');
			throw new BuildError('bad-config', `${at}.${name} is no field of ${type.name}; it has ${known}`);
		}
		const place = `${at}.${name}`;
		field.resolve();
		if (field.repeated) {
			if (!Array.isArray(content)) throw wrong(place, 'a list');
			for (const [index, item] of content.entries()) checkOne(field, item, `${place}[${index}]`);
		} else if (field.map) {
			if (typeof content !== 'object' || content === null) throw wrong(place, 'an object');
			for (const [key, item] of Object.entries(content)) checkOne(field, item, `${place}.${key}`);
		} else checkOne(field, content, place);
	}
}

function checkOne(field: protobuf.Field, value: unknown, at: string): void {
	const { resolvedType } = field;
	if (resolvedType instanceof protobuf.Type) return check(resolvedType, value, at);
	if (resolvedType instanceof protobuf.Enum) {
		const names = Object.keys(resolvedType.values);
		if (typeof value !== 'string' || !names.includes(value)) throw wrong(at, `one of ${names.join(', ')}`);
		return;
	}
	switch (field.type) {
		case 'bool':
			if (typeof value !== 'boolean') throw wrong(at, 'true or false');
			return;
		case 'string':
			if (typeof value !== 'string') throw wrong(at, 'a text');
			return;
		case 'bytes':
			if (typeof value !== 'string' || !isBase64(value)) throw wrong(at, 'base64');
			return;
		case 'double':
		case 'float':
			if (typeof value !== 'number') throw wrong(at, 'a number');
			return;
		default:
			checkWhole(field.type, value, at);
	}
}

function checkWhole(type: string, value: unknown, at: string): void {
	const isWide = type.endsWith('64');
	const isUnsigned = type === 'uint32' || type === 'uint64' || type === 'fixed32' || type === 'fixed64';
	// As in protobuf's own JSON, 64 bits may be written as a text, since a JSON number cannot hold them.
	const isText = isWide && typeof value === 'string' && /^-?\d{1,20}$/.test(value);
	const whole = isText ? BigInt(value) : Number.isSafeInteger(value) ? BigInt(value as number) : undefined;
	const bits = isWide ? 64 : 32;
	const fits =
		whole !== undefined && (isUnsigned ? BigInt.asUintN(bits, whole) : BigInt.asIntN(bits, whole)) === whole;
	if (!fits) throw wrong(at, `a whole number of type ${type}`);
}

function isBase64(text: string): boolean {
	try {
		Uint8Array.fromBase64(text);
		return true;
	} catch {
		return false;
	}
}

function wrong(at: string, wanted: string): BuildError {
	return new BuildError('bad-config', `${at} must be ${wanted}`);
}
