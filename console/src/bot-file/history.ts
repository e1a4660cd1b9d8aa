/** Undo and redo over texts. Changes with the same group that come close together are one step back. */
export class History {
  private readonly past: string[] = [];
  private readonly future: string[] = [];
  private group: string | undefined;
  private at = Number.NEGATIVE_INFINITY;

  /** @param most how many steps back are kept. @param pause milliseconds that end a group. */
  constructor(
    private present: string,
    private readonly most = 200,
    private readonly pause = 1_200,
  ) {}

  get text(): string {
    return this.present;
  }

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  get canRedo(): boolean {
    return this.future.length > 0;
  }

  /** Notes a new text. `now` is in milliseconds; without a group every change is a step of its own. */
  push(text: string, now: number, group?: string): void {
    if (text === this.present) return;
    const joins =
      group !== undefined && group === this.group && now - this.at < this.pause && this.past.length > 0;
    if (!joins) {
      this.past.push(this.present);
      if (this.past.length > this.most) this.past.shift();
    }
    this.present = text;
    this.future.length = 0;
    this.group = group;
    this.at = now;
  }

  /** Goes one step back, and gives the text that stands then. */
  undo(): string {
    const text = this.past.pop();
    if (text === undefined) return this.present;
    this.future.push(this.present);
    this.present = text;
    this.group = undefined;
    return text;
  }

  /** Goes one step forth again. */
  redo(): string {
    const text = this.future.pop();
    if (text === undefined) return this.present;
    this.past.push(this.present);
    this.present = text;
    this.group = undefined;
    return text;
  }
}
