/**
 * What goes wrong, told in one shape: a constant title, {@code name=value} fields, what to do next.
 */
@NullMarked
package dev.tidemark.error;

import org.jspecify.annotations.NullMarked;
