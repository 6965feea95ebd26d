/** What the generic linker needs of a component of whatever world: glue that can do no more than link it, and its core modules. */
import { instancesIn } from './core-instances.ts';
import { compileCores } from './core-modules.ts';
import type { LinkableCode } from './foreign-code.ts';
import type { Glue } from './glue.ts';
import { checkNames } from './glue-names.ts';
import { scriptOf } from './glue-script.ts';

/** @param memoryPages of all memories together @throws ComponentError */
export async function linkableCode(glue: Glue, memoryPages: number): Promise<LinkableCode> {
	checkNames([...glue.imports, ...glue.exports]);
	const script = scriptOf(glue.source);
	const instances = instancesIn(script);
	return { script, instances, modules: await compileCores(glue.cores, { memoryPages, instances }) };
}
