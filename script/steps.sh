# Sourced by script/test and .ci/run: runs named steps, prints each one's time, stops at the first
# that fails unless keep_going=1. At the end call `finish`.
keep_going=${keep_going:-0}
failed_steps=
steps_began=$(date +%s)

step() {
    step_name=$1
    shift
    echo "== $step_name"
    step_began=$(date +%s)
    set +e # not `if "$@"`: a condition would switch -e off inside functions
    (
        set -e
        "$@"
    )
    step_code=$?
    set -e
    if [ "$step_code" = 0 ]; then
        echo "step $step_name ok ($(($(date +%s) - step_began)) s)"
        return 0
    fi
    echo "step $step_name FAILED with code $step_code ($(($(date +%s) - step_began)) s)"
    failed_steps="$failed_steps${failed_steps:+, }$step_name"
    [ "$keep_going" = 1 ] || finish
}

finish() {
    steps_took=$(($(date +%s) - steps_began))
    if [ -n "$failed_steps" ]; then
        echo "FAILED: $failed_steps ($steps_took s)"
        exit 1
    fi
    echo "all steps ok ($steps_took s)"
    exit 0
}
