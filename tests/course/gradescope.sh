#!/usr/bin/env bash
# tests/course/gradescope.sh STAGE ZIP - writes an autograder for Gradescope.
#
# The zip has this project as it is committed, and the two programs that
# Gradescope starts: setup.sh, once, when the container's image is made, and
# run_autograder for each submission. docs/grading.md says how it is used.
set -eu

if [ $# != 2 ] || ! [ -d "$(dirname "$0")/../../stages/stage$1" ]; then
    echo "usage: tests/course/gradescope.sh STAGE ZIP" >&2
    exit 2
fi
stage=$1
zip=$(realpath "$2")
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir "$work/webserve"
git archive HEAD | tar -x -C "$work/webserve"

cat >"$work/setup.sh" <<END
#!/usr/bin/env bash
# Installs what is needed, and builds what is the same for all submissions.
set -e
apt-get update
apt-get install -y --no-install-recommends gcc libc6-dev make git
cd /autograder/source/webserve
CI=true tests/tools/install.sh test grade
make STAGE=$stage -j2 grade-programs
END

cat >"$work/run_autograder" <<END
#!/usr/bin/env bash
# Grades /autograder/submission.
chmod 700 /autograder/source /autograder/results
cd /autograder/source/webserve || exit 1
CI=true make grade STAGE=$stage DIR=/autograder/submission OUT=/autograder/grades
cp /autograder/grades/results.json /autograder/results/results.json
END

chmod +x "$work/setup.sh" "$work/run_autograder"
rm -f "$zip"
(cd "$work" && python3 -m zipfile -c "$zip" setup.sh run_autograder webserve)
echo "$zip: upload it as the autograder of stage $stage."
