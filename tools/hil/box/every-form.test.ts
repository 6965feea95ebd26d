// The box as a process does what every form of it does; as a package in `../library`, as an image in `../image/long`.
import test from 'ava';
import { everyForm } from './every-form.ts';
import { TestBox } from './test-box.ts';

const box = await TestBox.start();
test.after.always(() => box[Symbol.asyncDispose]());
const form = { box, powerCut: () => box.stage.powerCut(), powerOn: () => box.stage.powerOn() };

for (const [what, proof] of Object.entries(everyForm)) test.serial(what, (t) => proof(t, form));
