/**
 * The way from a component to glue, as a port: JavaScript that links its core modules, made on the box.
 *
 * A component brings no JavaScript. What links it is generated here from bytes that were verified
 * before, and is the only JavaScript that is ever made from them.
 */

export interface Glue {
	/** Source of an ES module that exports `instantiate`. */
	readonly source: string;
	/** The core modules, by the names that the glue asks for them with. */
	readonly cores: ReadonlyMap<string, Uint8Array>;
	/** Interfaces that the component imports, without their versions: `wasi:cli/stdout`. */
	readonly imports: readonly string[];
	/** What it exports, with versions: `wasi:cli/run@0.2.6`. */
	readonly exports: readonly string[];
}

export interface GlueMaker {
	/** @throws ComponentError `not-a-component`, `glue-failed` */
	make(component: Uint8Array): Promise<Glue>;
}
