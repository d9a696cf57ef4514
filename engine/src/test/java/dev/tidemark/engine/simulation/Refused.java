package dev.tidemark.engine.simulation;

/** Something was not let in; what the receiver had is as it was. */
final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Kind kind;

  Refused(Kind kind) {
    super(kind.name(), null, false, false);
    this.kind = kind;
  }

  Kind kind() {
    return kind;
  }
}
