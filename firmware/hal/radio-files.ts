/**
 * Tells of each network whether it is there, from a file its driver keeps: `{"isUp":true,"signalDbm":-55}`.
 *
 * A driver replaces the file whole (rename), so a half-written one is never seen; a missing file is
 * a network that is down. Networks without a file are always up.
 */
import { type FSWatcher, readFileSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { BasebandMonitor, BasebandReport } from '../../runtime/network/baseband-monitor.ts';
import type { NetworkConfig } from '../config.ts';

interface RadioState {
	readonly isUp: boolean;
	readonly signalDbm?: number;
}

export function radioFiles(networks: readonly NetworkConfig[]): BasebandMonitor {
	return {
		watch: (onChange) => {
			let last = '';
			const tell = (): void => {
				const reports = networks.map(report);
				const now = JSON.stringify(reports);
				if (now === last) return;
				last = now;
				onChange(reports);
			};
			const files = networks.flatMap(({ radio }) => (radio === undefined ? [] : [radio]));
			const watchers = [...new Set(files.map((file) => dirname(file)))].map(
				(folder): FSWatcher =>
					watch(folder, (_event, name) => {
						if (files.some((file) => basename(file) === name)) tell();
					}),
			);
			tell();
			return {
				close: () => {
					for (const watcher of watchers) watcher.close();
				},
			};
		},
	};
}

function report({ radio, device: _device, ...network }: NetworkConfig): BasebandReport {
	const state = radio === undefined ? { isUp: true } : readState(radio);
	return { ...network, ...state };
}

function readState(file: string): RadioState {
	try {
		const { isUp, signalDbm } = JSON.parse(readFileSync(file, 'utf8'));
		return { isUp: isUp === true, ...(typeof signalDbm === 'number' ? { signalDbm } : {}) };
	} catch {
		return { isUp: false };
	}
}
