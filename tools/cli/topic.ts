/** What is known of a topic from the modules that declare it. */
import { answerNames } from '../build/answer-names.ts';
import type { ModuleContent } from './repository.ts';

export interface Topic {
	readonly name: string;
	/** Full name of the protobuf message. */
	readonly type: string;
	/** The descriptor it is in. */
	readonly schema: object;
}

/** @param type taken for the topic's, instead of what the modules declare */
export function topicIn(
	modules: readonly ModuleContent[],
	{ name, type }: { name: string; type: string | undefined },
): Topic | undefined {
	for (const { manifest, schema } of modules) {
		const found = type ?? manifest.subscribes[name]?.type ?? manifest.publishes[name];
		if (found !== undefined && hasType(schema, found)) return { name, type: found, schema };
	}
	return undefined;
}

/** The type of the answer to a request, by its name; the same type where there is none of such a name. */
export function replyTypeOf({ type, schema }: Topic): string {
	return answerNames(type).find((name) => hasType(schema, name)) ?? type;
}

function hasType(schema: object, fullName: string): boolean {
	let at: unknown = schema;
	for (const name of fullName.split('.')) {
		const nested: unknown = typeof at === 'object' && at !== null ? Reflect.get(at, 'nested') : undefined;
		at =
			typeof nested === 'object' && nested !== null && Object.hasOwn(nested, name)
				? Reflect.get(nested, name)
				: undefined;
	}
	return at !== undefined;
}
