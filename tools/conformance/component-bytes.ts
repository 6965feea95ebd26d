/** Bytes of a component from how a script gives it: a box reads nothing but bytes. */
import { parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import type { Source } from './command.ts';

/** Why there are no bytes: the text is not one of the text format, or of a newer one. */
export class NoBytes extends Error {
	override readonly name = 'NoBytes';
}

/** @throws NoBytes */
export async function bytesOf({ form, text, bytes }: Source): Promise<Uint8Array> {
	if (form === 'binary') return bytes;
	try {
		return await parse(form === 'quote' ? `(component ${text})` : text);
	} catch (cause) {
		throw new NoBytes(firstLine(cause), { cause });
	}
}

const customError = /kind: Custom\("((?:[^"\\]|\\.)*)"/;

function firstLine(cause: unknown): string {
	const message = cause instanceof Error ? cause.message : String(cause);
	return (customError.exec(message)?.[1] ?? message).split('\n')[0]?.slice(0, 160) ?? '';
}
