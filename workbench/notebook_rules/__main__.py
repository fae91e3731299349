from workbench.notebook_rules.command import main

raise SystemExit(main())
