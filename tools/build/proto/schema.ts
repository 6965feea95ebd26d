/** The part of a protobuf schema that given messages need, as JSON that a program can carry along. */
import protobuf from 'protobufjs';
import { ProtoError } from './error.ts';
import { type ProtoRequest, readProto, typesIn } from './source.ts';

export interface SchemaRequest extends ProtoRequest {
	/** Full names of messages, without a leading dot. */
	readonly types: readonly string[];
}

/**
 * A protobufjs `Root.toJSON()` of the types and all that they reach.
 *
 * @throws {ProtoError} `proto-not-found` for a type that no file declares
 */
export async function schemaOf({ types, ...request }: SchemaRequest): Promise<protobuf.INamespace> {
	return reducedSchema((await readProto(request)).root, types);
}

/** The same of a root that has been read. A message that is reached brings those around and within it. */
export function reducedSchema(root: protobuf.Root, types: readonly string[]): protobuf.INamespace {
	// A set grows while it is walked.
	const reached = new Set(types.map((name) => outermost(find(root, name))));
	for (const object of reached) {
		if (!(object instanceof protobuf.Type)) continue;
		for (const message of [object, ...typesIn(object)]) {
			if (!(message instanceof protobuf.Type)) continue;
			for (const { resolvedType } of message.fieldsArray) {
				if (resolvedType !== null) reached.add(outermost(resolvedType));
			}
		}
	}
	return { nested: nestedOf(root, reached) };
}

type Declared = protobuf.Type | protobuf.Enum;

function find(root: protobuf.Root, name: string): Declared {
	const found = root.lookup(name, [protobuf.Type, protobuf.Enum]);
	if (found instanceof protobuf.Type || found instanceof protobuf.Enum) return found;
	throw new ProtoError('proto-not-found', `No .proto file declares ${name}; check its package and name`);
}

function outermost(object: Declared): Declared {
	return object.parent instanceof protobuf.Type ? outermost(object.parent) : object;
}

/** In the order of the names, so that the same schema is always the same text. */
function nestedOf(
	within: protobuf.NamespaceBase,
	kept: ReadonlySet<Declared>,
): Record<string, protobuf.AnyNestedObject> {
	const nested: [string, protobuf.AnyNestedObject][] = [];
	for (const object of within.nestedArray) {
		if (object instanceof protobuf.Type || object instanceof protobuf.Enum) {
			if (kept.has(object)) nested.push([object.name, object.toJSON()]);
		} else if (object instanceof protobuf.Namespace) {
			const inner = nestedOf(object, kept);
			if (Object.keys(inner).length > 0) nested.push([object.name, { nested: inner }]);
		}
	}
	return Object.fromEntries(nested.sort(([a], [b]) => (a < b ? -1 : 1)));
}
