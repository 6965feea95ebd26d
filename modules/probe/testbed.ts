/** A probe and what to say to it: for tests and figures. */
import { fileURLToPath } from 'node:url';
import { decodeAny, encodeAny } from '../../proto/host/codec.ts';
import { importable } from '../../runtime/capability/imports.ts';
import { type PreparedComponent, prepareComponent } from '../../runtime/component/prepare.ts';
import { type BuiltModule, buildModule } from '../../tools/build/component.ts';

export interface Order {
	/** One of the words that `assembly/index.ts` knows. */
	readonly what: string;
	readonly count?: number;
	readonly text?: string;
}

export interface Word {
	readonly text: string;
	/** Orders the probe has had since it was started. */
	readonly count: number;
}

/** Every import of the service world, as a box with all capabilities provides them. */
export const allImports = importable();

export interface Probe {
	readonly built: BuiltModule;
	readonly component: PreparedComponent;
	order(order: Order): Uint8Array;
	word(payload: Uint8Array): Word;
}

const directory = fileURLToPath(new URL('.', import.meta.url));

export async function makeProbe(): Promise<Probe> {
	const [built] = await buildModule({ directory });
	if (built === undefined) throw new Error('the probe was not built');
	const component = await prepareComponent(built.bytes, { provided: allImports });
	const schema = JSON.parse(component.schema);
	return {
		built,
		component,
		order: (order) => encodeAny(schema, 'probe.Order', order),
		word: (payload) => {
			const { text = '', count = 0 } = decodeAny(schema, 'probe.Word', payload);
			return { text: String(text), count: Number(count) };
		},
	};
}
