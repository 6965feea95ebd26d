// The box as an image on its board does what every form of it does; the same proofs as of a process and of a package.
import test from 'ava';
import { firstBootState } from '../../../../firmware/image/build-image.ts';
import { makeProbe } from '../../../../modules/probe/testbed.ts';
import { everyForm } from '../../box/every-form.ts';
import { OperatedBox } from '../../box/operated-box.ts';
import { openImageRun } from '../image-run.ts';

const run = await openImageRun('every form');
const { bench } = run;
const probe = await makeProbe();
const image = await bench.build(1);
test.after.always(() => run[Symbol.asyncDispose]());

test.serial('an image does what a box does in whatever form it comes', async (t) => {
	t.timeout(900_000);
	await run.test(t.title, { needs: ['power', 'flash'] }, async (board) => {
		await board.flash(await bench.flashable(image, { bootState: firstBootState(1) }));
		const operator = await bench.start(t, board);
		const form = {
			box: new OperatedBox({ probe, repository: bench.repository, operator: () => operator }),
			powerCut: () => board.power.cut(),
			powerOn: async () => {
				const isBack = new Promise<void>((resolve) => operator.onConnected(resolve));
				await board.power.on();
				await isBack;
			},
		};
		for (const [what, proof] of Object.entries(everyForm)) {
			t.log(what);
			await proof(t, form);
		}
	});
});
