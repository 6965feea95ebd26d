/**
 * Names of a component that may become part of the text of glue.
 *
 * Names in core modules are any text, and those of imports and exports stand in the glue between
 * quotes. Whatever could end a quote is refused, so that no name is ever read as code.
 */
import { ComponentError } from '../component/error.ts';

/** Printable ASCII without quotes, backticks and backslashes. */
const harmless = /^[ !#-&(-[\]-_a-~]*$/;

/** @throws ComponentError `name-unfit` */
export function checkNames(names: readonly string[]): void {
	for (const name of names)
		if (!harmless.test(name))
			throw new ComponentError('name-unfit', `the component uses the name ${JSON.stringify(name)}`);
}

/** Of everything that a core module imports and exports. */
export function namesIn(module: WebAssembly.Module): string[] {
	return [
		...WebAssembly.Module.imports(module).flatMap(({ module: from, name }) => [from, name]),
		...WebAssembly.Module.exports(module).map(({ name }) => name),
	];
}
