/** Scenario files and traces: their form, and running them against real stores on disk. */
@NullMarked
package dev.tidemark.tools.scenario;

import org.jspecify.annotations.NullMarked;
