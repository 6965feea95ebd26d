import test from 'ava';
import { killKeptCells } from './kept-cell-kill.ts';

const kills = Number(process.env['MULLION_KILLS'] ?? 40);

test('journalled VMs whose process is killed at any moment lose nothing and double nothing', async (t) => {
	await killKeptCells(t, kills);
});
