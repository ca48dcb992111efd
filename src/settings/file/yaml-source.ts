import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  type Alias,
  type Document,
  type Node,
  type Pair,
} from 'yaml'
import { UnusableValue } from '../settings-error.ts'

/** A place in a file, both from 1 on. */
export interface LineAndColumn {
  readonly line: number
  readonly column: number
}

/** What is no YAML, and where. */
export class BrokenYaml extends UnusableValue {
  readonly place: LineAndColumn

  constructor(reason: string, place: LineAndColumn) {
    super(`broken YAML (${reason})`, 'YAML 1.2, in UTF-8')
    this.place = place
  }
}

/** A YAML document: its nodes, each with its place. */
export class YamlSource {
  readonly #document: Document.Parsed
  readonly #lines: LineCounter
  /** What aliases stand for. The library's own way looks through the whole document for each of them. */
  readonly #targets = new Map<Alias, Node | undefined>()

  /** @throws BrokenYaml */
  constructor(text: string) {
    this.#lines = new LineCounter()
    this.#document = this.#parse(text)
    const anchors = new Map<string, Node>()
    visit(this.#document, {
      Node: (_, node) => {
        if (isAlias(node)) this.#targets.set(node, anchors.get(node.source))
        else if (node.anchor !== undefined) anchors.set(node.anchor, node)
      },
    })
  }

  #parse(text: string): Document.Parsed {
    const document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, uniqueKeys: false })
    const [error] = document.errors
    if (error === undefined) return document
    // What stands behind a colon is a part of the file, which may be a secret.
    const reason = error.code === 'MULTIPLE_DOCS' ? 'more than one document' : (error.message.split(':')[0] as string)
    throw new BrokenYaml(reason, this.placeOf(error.pos[0]))
  }

  placeOf(offset: number): LineAndColumn {
    const { line, col } = this.#lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }

  /** All of it; null where nothing is said. */
  get contents(): Node | null {
    return this.#document.contents
  }

  /** The pairs at the top; undefined where there are none. */
  get top(): readonly Pair[] | undefined {
    return isMap(this.#document.contents) ? this.#document.contents.items : undefined
  }

  /** The node itself, or the one that it stands for; undefined where there is none. */
  target(node: unknown): Node | undefined {
    if (isAlias(node)) return this.#targets.get(node)
    return isNode(node) ? node : undefined
  }

  /** What a plain scalar of this text is: null, a boolean, a number, or the text. */
  plainValue(text: string): unknown {
    const tag = this.#document.schema.tags.find(
      (one) => one.collection === undefined && one.default === true && one.test?.test(text),
    )
    if (tag?.collection !== undefined || tag === undefined) return text
    const value = tag.resolve(text, () => {}, this.#document.options)
    return isScalar(value) ? value.value : value
  }
}
