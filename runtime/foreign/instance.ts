/** One instance of a foreign component: its core instances, linked by glue, on one tank of fuel. */
import { fuelImport, startExport } from '../component/instrument/instrument-part.ts';
import { LinkError } from '../component/link-error.ts';
import type { LinkableCode } from './foreign-code.ts';
import type { HostInterfaces, Instantiate } from './glue-script.ts';
import type { SharedTank } from './shared-tank.ts';

export interface InstanceOptions {
	readonly code: Pick<LinkableCode, 'modules' | 'instances'>;
	readonly instantiate: Instantiate;
	readonly interfaces: HostInterfaces;
	readonly tank: SharedTank;
}

export interface ForeignInstance {
	/** The function of an exported interface, without its version. @throws LinkError `missing-export` */
	exported(interfaceName: string, name: string): (...values: unknown[]) => unknown;
	memoryBytes(): number;
}

/** To be called within `tank.run`, as start functions run. @throws WebAssembly.RuntimeError, LinkError */
export function instantiateForeign(options: InstanceOptions): ForeignInstance {
	const { code, instantiate, interfaces, tank } = options;
	/** How often each may still be instantiated. */
	const left = new Map<WebAssembly.Module, number>();
	const memories = new Set<WebAssembly.Memory>();
	/** Functions of the guest itself; every other function that it can import is glue. */
	const guestFunctions = new WeakSet<object>();

	const charged = (value: WebAssembly.ImportValue): WebAssembly.ImportValue => {
		if (typeof value !== 'function' || guestFunctions.has(value)) return value;
		return (...values: unknown[]) => {
			tank.chargeCall();
			return value(...values);
		};
	};

	const exports = instantiate(
		(name) => {
			const module = code.modules.get(name);
			if (module === undefined) throw new LinkError('missing-export', `there is no core module ${name}`);
			left.set(module, code.instances.get(name) ?? 0);
			return module;
		},
		interfaces,
		(module, imports = {}) => {
			// Each instance has a share of the memory that its manifest asks for, and of the tables.
			const others = (left.get(module) ?? 0) - 1;
			if (others < 0)
				throw new LinkError(
					'malformed-value',
					'the component instantiates more core modules than were counted',
				);
			left.set(module, others);
			const given = Object.entries(imports).map(([from, values]) => [
				from,
				Object.fromEntries(Object.entries(values).map(([name, value]) => [name, charged(value)])),
			]);
			const instance = new WebAssembly.Instance(module, {
				...Object.fromEntries(given),
				[fuelImport.from]: { [fuelImport.name]: tank.global },
			});
			for (const value of Object.values(instance.exports)) {
				if (value instanceof WebAssembly.Memory) memories.add(value);
				if (typeof value === 'function') guestFunctions.add(value);
			}
			const { [startExport]: begin } = instance.exports;
			if (typeof begin === 'function') begin();
			return instance;
		},
	);

	return {
		exported: (interfaceName, name) => {
			const key = Object.keys(exports).find((each) => each.split('@')[0] === interfaceName);
			const found = (exports[key ?? ''] as Record<string, unknown> | undefined)?.[name];
			if (typeof found !== 'function')
				throw new LinkError('missing-export', `the component does not export "${interfaceName}#${name}"`);
			return found as (...values: unknown[]) => unknown;
		},
		memoryBytes: () => memories.values().reduce((sum, { buffer }) => sum + buffer.byteLength, 0),
	};
}
