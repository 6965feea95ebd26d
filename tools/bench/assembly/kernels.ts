// Work of four kinds, as services do it: each returns a number that depends on all of it.

const blocks = 4096;
const k = new StaticArray<u32>(64);
const w = new StaticArray<u32>(64);
const h = new StaticArray<u32>(8);
const message = new Uint8Array(64);

for (let i = 0; i < 64; i++) k[i] = 0x428a2f98 ^ (i * 0x9e3779b9);

/** Rounds of SHA-256 over array elements; the constants are others. */
export function digest(): u32 {
	for (let i = 0; i < 8; i++) h[i] = 0x6a09e667 + i;
	for (let block = 0; block < blocks; block++) {
		message[block & 63] = <u8>block;
		for (let i = 0; i < 16; i++)
			w[i] =
				((<u32>message[4 * i]) << 24) |
				((<u32>message[4 * i + 1]) << 16) |
				((<u32>message[4 * i + 2]) << 8) |
				(<u32>message[4 * i + 3]);
		for (let i = 16; i < 64; i++) {
			const s0 = rotr(w[i - 15], 7) ^ rotr(w[i - 15], 18) ^ (w[i - 15] >>> 3);
			const s1 = rotr(w[i - 2], 17) ^ rotr(w[i - 2], 19) ^ (w[i - 2] >>> 10);
			w[i] = w[i - 16] + s0 + w[i - 7] + s1;
		}
		let a = h[0], b = h[1], c = h[2], d = h[3], e = h[4], f = h[5], g = h[6], z = h[7];
		for (let i = 0; i < 64; i++) {
			const s1 = rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25);
			const t1 = z + s1 + ((e & f) ^ (~e & g)) + k[i] + w[i];
			const s0 = rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22);
			const t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
			z = g; g = f; f = e; e = d + t1; d = c; c = b; b = a; a = t1 + t2;
		}
		h[0] += a; h[1] += b; h[2] += c; h[3] += d; h[4] += e; h[5] += f; h[6] += g; h[7] += z;
	}
	return h[0] ^ h[7];
}

const size = 96;
const left = new Float64Array(size * size);
const right = new Float64Array(size * size);
const product = new Float64Array(size * size);

export function matmul(): f64 {
	for (let i = 0; i < size * size; i++) {
		left[i] = i % 7;
		right[i] = i % 11;
	}
	for (let row = 0; row < size; row++)
		for (let column = 0; column < size; column++) {
			let sum: f64 = 0;
			for (let i = 0; i < size; i++) sum += left[row * size + i] * right[i * size + column];
			product[row * size + column] = sum;
		}
	return product[size * size - 1] + product[size];
}

export function fib(): i32 {
	return fibonacci(27);
}

function fibonacci(n: i32): i32 {
	return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

const values = new Int32Array(32768);

export function sort(): i32 {
	let seed: u32 = 1;
	for (let i = 0; i < values.length; i++) {
		seed = seed * 1664525 + 1013904223;
		values[i] = seed >>> 8;
	}
	quick(0, values.length - 1);
	return values[100] ^ values[30000];
}

function quick(from: i32, to: i32): void {
	while (from < to) {
		const pivot = values[(from + to) >>> 1];
		let i = from;
		let j = to;
		while (i <= j) {
			while (values[i] < pivot) i++;
			while (values[j] > pivot) j--;
			if (i <= j) {
				const value = values[i];
				values[i++] = values[j];
				values[j--] = value;
			}
		}
		quick(from, j);
		from = i;
	}
}

/** What services do most: objects, strings, maps. The host collects behind it. */
export function words(): i32 {
	const counts = new Map<string, i32>();
	for (let i = 0; i < 4000; i++) {
		const word = "word " + (i % 97).toString();
		counts.set(word, counts.has(word) ? counts.get(word) + 1 : 1);
	}
	return counts.get("word 3") + counts.size;
}
