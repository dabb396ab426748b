-- ARGV: name, state, outcome, whether its money is free again, id of the run, run
return settle(ARGV[1], ARGV[2], ARGV[3], ARGV[4] == '1', ARGV[5], ARGV[6])
