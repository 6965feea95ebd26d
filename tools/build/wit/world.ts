/** The two kinds of things that a world imports and exports. */
import type { Func, Interface, WorldItem } from './model.ts';

export function interfacesOf(items: readonly WorldItem[]): Interface[] {
	return items.flatMap((item) => (item.kind === 'interface' ? [item.interface] : []));
}

export function funcsOf(items: readonly WorldItem[]): Func[] {
	return items.flatMap((item) => (item.kind === 'func' ? [item.func] : []));
}
