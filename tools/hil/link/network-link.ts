/** Both directions of one emulated network between the box and the core. */
import type { Link } from './link.ts';
import type { Shape } from './shape.ts';

export class NetworkLink {
	readonly toBox: Link;
	readonly toCore: Link;

	constructor({ toBox, toCore }: { toBox: Link; toCore: Link }) {
		this.toBox = toBox;
		this.toCore = toCore;
	}

	/** Changes both directions alike; `toBox.set` and `toCore.set` change one. @throws RigError `bad-shape` */
	set(change: Partial<Shape>): void {
		this.toBox.set(change);
		this.toCore.set(change);
	}

	close(): void {
		this.toBox.close();
		this.toCore.close();
	}
}
