/**
 * Who owns which block of cache rows. A block holds the rows of `blockTokens` neighbouring tokens of one
 * sequence; a full block of a finished prompt is remembered under the tokens that lead to it, so that a
 * prompt with the same beginning finds it. Counts and ids only: rows themselves are in the kv store.
 */
export interface KvCache {
  /**
   * Opens an account for a sequence. Remembered blocks that match whole runs of `blockTokens` tokens in
   * `tokens[from..to)` are pinned for it.
   * @param root names what lies before `from`; equal roots must mean equal rows
   */
  claim(root: string, tokens: readonly number[], from: number, to: number): KvLease;
  /** Adds blocks until the lease holds `tokenCount` tokens, forgetting the least recently used if need be. */
  grow(lease: KvLease, tokenCount: number): void;
  /**
   * Remembers the full blocks of `tokens[from..to)` while the account stays open: they are shared from now on and
   * pinned as if they had been claimed. Safe to repeat.
   */
  share(lease: KvLease, tokens: readonly number[], from: number, to: number): void;
  /** Closes the account: the full blocks of `tokens[from..to)` are remembered, all others return. */
  remember(lease: KvLease, tokens: readonly number[], from: number, to: number): void;
  /** Closes the account and remembers nothing new. */
  release(lease: KvLease): void;
  readonly blocksInUse: number;
}

export interface KvLease {
  readonly root: string;
  /** Ids of blocks in order of their tokens; the first `claimedBlocks` are shared and must not be written. */
  readonly blocks: number[];
  claimedBlocks: number;
}

export interface KvCacheOptions {
  readonly blockTokens: number;
  /**
   * Remembered blocks give way above this. Blocks of sequences in flight are always granted: they are
   * bounded by admission, and refusing one would only undo work already paid for.
   */
  readonly capacityBlocks: number;
  /** Called when nobody owns a block any more. */
  readonly onFree: (block: number) => void;
}

interface Node {
  readonly parent: Node | null;
  /** The tokens of its block, joined; on a root, the name of the root. */
  readonly key: string;
  readonly block: number;
  readonly children: Map<string, Node>;
  pins: number;
}

export function createKvCache({ blockTokens, capacityBlocks, onFree }: KvCacheOptions): KvCache {
  const roots = new Map<string, Node>();
  const pinned = new Map<KvLease, Node[]>(); // the nodes of its claimed blocks
  // Unpinned nodes, least recently used first. A parent is always put in after its children, and a pinned
  // child pins its parents: the first of this set never has a child.
  const idle = new Set<Node>();
  const freed: number[] = [];
  let blocksInUse = 0;
  let highest = 0;

  const keyOf = (tokens: readonly number[], at: number): string =>
    tokens.slice(at, at + blockTokens).join(" ");

  function free(block: number): void {
    blocksInUse--;
    freed.push(block);
    onFree(block);
  }

  function forgetOldest(): boolean {
    for (const node of idle) {
      idle.delete(node);
      const parent = node.parent!;
      parent.children.delete(node.key);
      if (parent.parent === null && parent.children.size === 0) roots.delete(parent.key);
      free(node.block);
      return true;
    }
    return false;
  }

  function take(): number {
    if (blocksInUse >= capacityBlocks) forgetOldest();
    blocksInUse++;
    return freed.pop() ?? highest++;
  }

  function share(lease: KvLease, tokens: readonly number[], from: number, to: number): void {
    const path = pinned.get(lease)!;
    for (;;) {
      const at = from + lease.claimedBlocks * blockTokens;
      const block = lease.blocks[lease.claimedBlocks];
      if (block === undefined || at + blockTokens > to) return;
      const parent = path.at(-1) ?? rootOf(lease.root);
      const key = keyOf(tokens, at);
      const known = parent.children.get(key);
      if (known !== undefined) free(block); // someone with the same beginning came first
      const node: Node = known ?? { parent, key, block, children: new Map(), pins: 0 };
      parent.children.set(key, node);
      idle.delete(node);
      node.pins++;
      path.push(node);
      lease.blocks[lease.claimedBlocks++] = node.block;
    }
  }

  function rootOf(name: string): Node {
    const known = roots.get(name);
    if (known !== undefined) return known;
    const root: Node = { parent: null, key: name, block: -1, children: new Map(), pins: 0 };
    roots.set(name, root);
    return root;
  }

  function close(lease: KvLease): void {
    for (const block of lease.blocks.slice(lease.claimedBlocks)) free(block);
    const path = pinned.get(lease)!;
    pinned.delete(lease);
    for (const node of path) node.pins--;
    for (const node of path.reverse()) {
      if (node.pins > 0) continue;
      idle.delete(node);
      idle.add(node);
    }
    while (blocksInUse > capacityBlocks && forgetOldest());
  }

  return {
    claim(root, tokens, from, to) {
      const path: Node[] = [];
      let node = roots.get(root);
      for (let at = from; node !== undefined && at + blockTokens <= to; at += blockTokens) {
        node = node.children.get(keyOf(tokens, at));
        if (node !== undefined) path.push(node);
      }
      for (const one of path) {
        one.pins++;
        idle.delete(one);
      }
      const lease = { root, blocks: path.map(({ block }) => block), claimedBlocks: path.length };
      pinned.set(lease, path);
      return lease;
    },

    grow({ blocks }, tokenCount) {
      while (blocks.length * blockTokens < tokenCount) blocks.push(take());
    },

    share,

    remember(lease, tokens, from, to) {
      share(lease, tokens, from, to);
      close(lease);
    },

    release: close,

    get blocksInUse() {
      return blocksInUse;
    },
  };
}
