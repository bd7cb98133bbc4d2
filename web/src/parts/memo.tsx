import { Component, type ComponentType } from 'preact';

/**
 * A component that is drawn again only when what it is given is another.
 *
 * @param looked properties that tell; all where none are said
 */
export function memo<Props extends object>(
  Drawn: ComponentType<Props>,
  looked?: readonly (keyof Props)[],
): ComponentType<Props> {
  return class extends Component<Props> {
    override shouldComponentUpdate(next: Readonly<Props>): boolean {
      const names = looked ?? (Object.keys({ ...next, ...this.props }) as (keyof Props)[]);
      return names.some((name) => next[name] !== this.props[name]);
    }

    override render() {
      return <Drawn {...this.props} />;
    }
  };
}
