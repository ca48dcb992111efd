import { Component, type ComponentChildren } from 'preact'

interface SameProps {
  /** While every value stays the same object, the children are not rendered again. */
  readonly of: readonly unknown[]
  readonly children: () => ComponentChildren
}

/** Renders its children again only when what they are made of changed: a list of thousands moves without its rows being made anew. */
export class Same extends Component<SameProps> {
  override shouldComponentUpdate(next: SameProps): boolean {
    return next.of.length !== this.props.of.length || next.of.some((value, index) => value !== this.props.of[index])
  }

  override render(): ComponentChildren {
    return this.props.children()
  }
}
