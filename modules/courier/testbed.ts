/** A courier, and what to configure and ask it by: for tests and figures. */
import { fileURLToPath } from 'node:url';
import { decodeAny, encodeAny } from '../../proto/host/codec.ts';
import { importable } from '../../runtime/capability/imports.ts';
import { type PreparedComponent, prepareComponent } from '../../runtime/component/prepare.ts';
import { type BuiltModule, buildModule } from '../../tools/build/component.ts';

export interface CourierSettings {
	readonly blocked?: readonly string[];
	readonly deadlineMs?: number;
}

export interface CourierReport {
	readonly messages: number;
	readonly requests: number;
	readonly waiting: number;
	/** By topic. */
	readonly blocked: Readonly<Record<string, number>>;
}

export interface Courier {
	readonly built: BuiltModule;
	readonly component: PreparedComponent;
	report(payload: Uint8Array): CourierReport;
	/** The configuration as its operator gives it. */
	settings(settings: CourierSettings): Uint8Array;
}

const directory = fileURLToPath(new URL('.', import.meta.url));

export async function makeCourier(): Promise<Courier> {
	const [built] = await buildModule({ directory });
	if (built === undefined) throw new Error('the courier was not built');
	const component = await prepareComponent(built.bytes, { provided: importable() });
	const schema = JSON.parse(component.schema);
	return {
		built,
		component,
		settings: (settings) => encodeAny(schema, 'courier.Settings', settings),
		report: (payload) => {
			const {
				messages = 0,
				requests = 0,
				waiting = 0,
				blocked = [],
			} = decodeAny(schema, 'courier.Report', payload);
			return {
				messages: Number(messages),
				requests: Number(requests),
				waiting: Number(waiting),
				blocked: Object.fromEntries(
					(blocked as { topic: string; count: string | number }[]).map(({ topic, count }) => [
						topic,
						Number(count),
					]),
				),
			};
		},
	};
}
