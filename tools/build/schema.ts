/** The descriptor of a module's own messages, for tools that show them as text. */
import protobuf from 'protobufjs';
import { answerNames } from './answer-names.ts';

/** @returns protobufjs JSON with these messages, those that answer them by their names, and all that they are made of */
export function schemaOf(root: protobuf.Root, types: readonly string[]): protobuf.INamespace {
	const needed = new Set<protobuf.ReflectionObject>();
	const need = (object: protobuf.Type | protobuf.Enum): void => {
		if (needed.has(object)) return;
		needed.add(object);
		if (!(object instanceof protobuf.Type)) return;
		for (const field of object.fieldsArray) {
			field.resolve();
			if (field.resolvedType !== null) need(field.resolvedType);
		}
	};
	for (const type of types) {
		need(root.lookupType(type));
		for (const answer of answerNames(type)) {
			const found = root.lookup(answer);
			if (found instanceof protobuf.Type) need(found);
		}
	}
	return prune(root, needed) ?? {};
}

/** The namespace with what is needed, whole messages with everything inside them. */
function prune(
	space: protobuf.NamespaceBase,
	needed: ReadonlySet<protobuf.ReflectionObject>,
): protobuf.INamespace | undefined {
	const nested: Record<string, protobuf.AnyNestedObject> = {};
	for (const each of space.nestedArray) {
		if (each instanceof protobuf.Type || each instanceof protobuf.Enum) {
			if (!isNeeded(each, needed)) continue;
			nested[each.name] = each.toJSON();
		} else if (each instanceof protobuf.Namespace) {
			const inner = prune(each, needed);
			if (inner !== undefined) nested[each.name] = inner;
		}
	}
	return Object.keys(nested).length === 0 ? undefined : { nested };
}

function isNeeded(
	object: protobuf.ReflectionObject,
	needed: ReadonlySet<protobuf.ReflectionObject>,
): boolean {
	if (needed.has(object)) return true;
	return object instanceof protobuf.Type && object.nestedArray.some((each) => isNeeded(each, needed));
}
