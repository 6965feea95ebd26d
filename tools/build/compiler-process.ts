/** The other side of `compiler.ts`: one request, one reply. */
import { enableCompileCache } from 'node:module';
import { compiledCode } from '../compiled-code.ts';
import { BuildError } from './build-error.ts';
import type { CompilerReply, ComponentRequest } from './compiler.ts';

enableCompileCache(compiledCode);

const compiling = import('./compile.ts');
const checking = import('./foreign-import.ts');
const wrapping = import('@bytecodealliance/jco-transpile/wasm-tools');

process.once('message', async (request: ComponentRequest) => {
	const reply = await answer(request);
	process.send?.(reply, () => process.disconnect?.());
});

async function answer({
	compilation,
	wit,
	world,
	allowedImports,
	files,
}: ComponentRequest): Promise<CompilerReply> {
	try {
		const { core, map } = await (await compiling).compile(compilation);
		const { directory } = compilation;
		await (await checking).refuseForeignImports({ core, allowed: allowedImports, files, directory });
		const { componentEmbed, componentNew } = await wrapping;
		const embedded = await componentEmbed({ binary: core, witSource: wit, world, stringEncoding: 'utf16' });
		const component = new Uint8Array(await componentNew(embedded, []));
		return { tag: 'done', value: { core, component, map } };
	} catch (error) {
		const message = error instanceof Error ? error.message : String(error);
		return { tag: 'failed', code: error instanceof BuildError ? error.code : undefined, message };
	}
}
