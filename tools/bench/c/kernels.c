/*
 * What CPU-bound services do, in C: lists, matrices, a state machine, checksums, digests, sorting, recursion.
 *
 * Each kernel is an export without parameters that returns a checksum of what it has computed. Made anew by:
 *
 * clang --target=wasm32 -O3 -nostdlib -ffreestanding -fno-builtin -Wl,--no-entry -Wl,--strip-all \
 *   -Wl,-z,stack-size=16384 -Wl,--initial-memory=262144 -Wl,--max-memory=262144 -o kernels.wasm kernels.c
 */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;

#define KERNEL(name) __attribute__((export_name(#name))) u32 name(void)

static u32 next_random(u32 *state)
{
	u32 x = *state;
	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return *state = x;
}

/* Linked list: built, searched, reversed, sorted by merging. */

struct node {
	struct node *next;
	u32 key;
	u32 weight;
};

enum { NODES = 600 };
static struct node nodes[NODES];

static struct node *merged(struct node *a, struct node *b)
{
	struct node head, *last = &head;
	while (a && b) {
		struct node **least = a->key <= b->key ? &a : &b;
		last->next = *least;
		last = *least;
		*least = last->next;
	}
	last->next = a ? a : b;
	return head.next;
}

static struct node *sorted(struct node *list, u32 count)
{
	struct node *half = list, *rest;
	if (count < 2)
		return list;
	for (u32 i = 1; i < count / 2; i++)
		half = half->next;
	rest = half->next;
	half->next = 0;
	return merged(sorted(list, count / 2), sorted(rest, count - count / 2));
}

KERNEL(list)
{
	u32 sum = 0, state = 7;
	for (u32 round = 0; round < 20; round++) {
		struct node *list = 0, *back = 0;
		for (u32 i = 0; i < NODES; i++) {
			nodes[i].key = next_random(&state) & 0xffff;
			nodes[i].weight = i;
			nodes[i].next = list;
			list = &nodes[i];
		}
		for (u32 wanted = 0; wanted < 40; wanted++)
			for (struct node *at = list; at; at = at->next)
				if ((at->key & 0xff) == wanted) {
					sum += at->weight;
					break;
				}
		while (list) {
			struct node *next = list->next;
			list->next = back;
			back = list;
			list = next;
		}
		for (struct node *at = sorted(back, NODES); at; at = at->next)
			sum = sum * 31 + at->key;
	}
	return sum;
}

/* Matrices of small integers, as a filter or a codec multiplies them. */

enum { SIDE = 48 };
static short left[SIDE][SIDE], right[SIDE][SIDE];
static int product[SIDE][SIDE];

KERNEL(matrix)
{
	u32 sum = 0, state = 11;
	for (u32 i = 0; i < SIDE * SIDE; i++) {
		(&left[0][0])[i] = (short)next_random(&state);
		(&right[0][0])[i] = (short)next_random(&state);
	}
	for (u32 round = 0; round < 4; round++) {
		for (u32 i = 0; i < SIDE; i++)
			for (u32 j = 0; j < SIDE; j++) {
				int cell = 0;
				for (u32 k = 0; k < SIDE; k++)
					cell += left[i][k] * right[k][j];
				product[i][j] = cell;
			}
		for (u32 i = 0; i < SIDE; i++)
			for (u32 j = 0; j < SIDE; j++) {
				sum = sum * 33 + (u32)product[i][j];
				left[i][j] = (short)(product[i][j] >> 6);
			}
	}
	return sum;
}

/* A state machine that tells what kind of number each word of a text is. */

static u8 text[4096];

enum state { BEGIN, SIGN, WHOLE, FRACTION, EXPONENT, NAME, WRONG, STATES };

static enum state after(enum state state, u8 c)
{
	int digit = c >= '0' && c <= '9';
	switch (state) {
	case BEGIN:
		return digit ? WHOLE : c == '+' || c == '-' ? SIGN : c == '.' ? FRACTION : NAME;
	case SIGN:
		return digit ? WHOLE : c == '.' ? FRACTION : WRONG;
	case WHOLE:
		return digit ? WHOLE : c == '.' ? FRACTION : c == 'e' ? EXPONENT : WRONG;
	case FRACTION:
		return digit ? FRACTION : c == 'e' ? EXPONENT : WRONG;
	case EXPONENT:
		return digit || c == '-' ? EXPONENT : WRONG;
	case NAME:
		return digit || c == 'e' ? NAME : WRONG;
	default:
		return WRONG;
	}
}

KERNEL(states)
{
	static const u8 letters[16] = "0123456789+-.e ,";
	u32 counts[STATES] = {0}, sum = 0, seed = 3;
	for (u32 i = 0; i < sizeof text; i++)
		text[i] = letters[next_random(&seed) >> 28];
	for (u32 round = 0; round < 30; round++) {
		enum state state = BEGIN;
		for (u32 i = 0; i < sizeof text; i++) {
			u8 c = text[i];
			if (c == ' ' || c == ',') {
				counts[state]++;
				state = BEGIN;
			} else
				state = after(state, c);
		}
		text[round * 101 % sizeof text] = letters[round & 15];
	}
	for (u32 i = 0; i < STATES; i++)
		sum = sum * 65599 + counts[i];
	return sum;
}

/* CRC-16/XMODEM, by the bit. */

static u16 crc_of(u16 crc, u8 byte)
{
	crc ^= (u16)(byte << 8);
	for (u32 bit = 0; bit < 8; bit++)
		crc = (u16)(crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1);
	return crc;
}

KERNEL(crc16)
{
	u16 crc = 0;
	u32 state = 5;
	for (u32 i = 0; i < 60000; i++)
		crc = crc_of(crc, (u8)next_random(&state));
	return crc;
}

/* SHA-256 (FIPS 180-4) over many blocks; its constants from the roots of the primes, as the standard says. */

static u32 rounds_of[64];
static u32 hash[8];

static u32 turned(u32 x, u32 by)
{
	return x >> by | x << (32 - by);
}

/* The first 32 bits of the fraction of a root: the largest r with r to the power <= prime, by bisection. */
static u32 fraction_of_root(u32 prime, int power)
{
	double low = 1, high = 20;
	for (u32 step = 0; step < 60; step++) {
		double middle = (low + high) / 2, raised = middle * middle;
		if (power == 3)
			raised *= middle;
		if (raised <= prime)
			low = middle;
		else
			high = middle;
	}
	return (u32)((low - (double)(u32)low) * 4294967296.0);
}

static void prepare_sha256(void)
{
	u32 found = 0;
	for (u32 candidate = 2; found < 64; candidate++) {
		u32 divisor = 2;
		while (divisor * divisor <= candidate && candidate % divisor)
			divisor++;
		if (divisor * divisor <= candidate)
			continue;
		if (found < 8)
			hash[found] = fraction_of_root(candidate, 2);
		rounds_of[found++] = fraction_of_root(candidate, 3);
	}
}

static void digest(const u32 block[16])
{
	u32 w[64], s[8];
	for (u32 i = 0; i < 16; i++)
		w[i] = block[i];
	for (u32 i = 16; i < 64; i++) {
		u32 a = w[i - 15], b = w[i - 2];
		w[i] = w[i - 16] + (turned(a, 7) ^ turned(a, 18) ^ a >> 3) + w[i - 7] +
		       (turned(b, 17) ^ turned(b, 19) ^ b >> 10);
	}
	for (u32 i = 0; i < 8; i++)
		s[i] = hash[i];
	for (u32 i = 0; i < 64; i++) {
		u32 e = s[4], a = s[0];
		u32 one = s[7] + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + ((e & s[5]) ^ (~e & s[6])) +
			  rounds_of[i] + w[i];
		u32 two = (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]));
		for (u32 j = 7; j > 0; j--)
			s[j] = s[j - 1];
		s[4] += one;
		s[0] = one + two;
	}
	for (u32 i = 0; i < 8; i++)
		hash[i] += s[i];
}

KERNEL(sha256)
{
	u32 block[16], state = 9, sum = 0;
	prepare_sha256();
	for (u32 round = 0; round < 600; round++) {
		for (u32 i = 0; i < 16; i++)
			block[i] = next_random(&state);
		digest(block);
	}
	for (u32 i = 0; i < 8; i++)
		sum ^= hash[i];
	return sum;
}

/* Sorting in a heap. */

enum { NUMBERS = 6000 };
static u32 numbers[NUMBERS];

static void sink(u32 at, u32 count)
{
	u32 value = numbers[at];
	for (u32 child; (child = 2 * at + 1) < count; at = child) {
		if (child + 1 < count && numbers[child + 1] > numbers[child])
			child++;
		if (numbers[child] <= value)
			break;
		numbers[at] = numbers[child];
	}
	numbers[at] = value;
}

KERNEL(heapsort)
{
	u32 state = 13, sum = 0;
	for (u32 i = 0; i < NUMBERS; i++)
		numbers[i] = next_random(&state);
	for (u32 at = NUMBERS / 2; at-- > 0;)
		sink(at, NUMBERS);
	for (u32 count = NUMBERS; count-- > 1;) {
		u32 largest = numbers[0];
		numbers[0] = numbers[count];
		numbers[count] = largest;
		sink(0, count);
	}
	for (u32 i = 0; i < NUMBERS; i++)
		sum = sum * 31 + numbers[i];
	return sum;
}

static u32 fibonacci(u32 n)
{
	return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

KERNEL(fibonacci_numbers)
{
	return fibonacci(24);
}
