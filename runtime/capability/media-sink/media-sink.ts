/** Timed frames to the box's player. Which VM is heard is decided by who owns the session, not here. */
import { object } from '../../field-rules.ts';
import { grantBy } from '../../module/manifest.ts';
import { type NumberField, numbers } from '../../module/number-field.ts';
import { effectsOf } from '../../vm/box-effects.ts';
import type { VmId } from '../../vm/cell-protocol.ts';
import type { Capability } from '../capability.ts';
import type { TimedFrame } from './frame-player.ts';

export interface MediaSinkGrant {
	/** The largest frame that is taken, in bytes. */
	readonly maxFrameBytes: number;
}

/** Takes a frame of a VM, or refuses and counts it. */
export type FrameSink = (vm: VmId, frame: TimedFrame) => void;

export const mediaSinkFields = {
	maxFrameBytes: {
		fallback: 8192,
		most: 1_048_576,
		what: 'The largest frame that is taken, in bytes.',
		beyond: 'the frame is left out, and the log says so',
	},
} as const satisfies Record<string, NumberField>;

export function mediaSink(sink: FrameSink): Capability<MediaSinkGrant> {
	return {
		name: 'media-sink',
		effects: effectsOf('media-sink'),
		parse: grantBy('media-sink', object('an object', numbers(mediaSinkFields))),
		link: ({ maxFrameBytes }, vm) => ({
			effects: {
				play: ({ sequence, at, duration, bytes }) => {
					if (bytes.length > maxFrameBytes)
						vm.say({
							level: 'warn',
							text: `frame ${sequence} of ${bytes.length} bytes is larger than granted`,
						});
					else sink(vm.id, { sequence: Number(sequence), atUs: Number(at), durationUs: duration, bytes });
				},
			},
		}),
		quota: ({ maxFrameBytes }) => ({ maxFrameBytes }),
		close: () => undefined,
	};
}
