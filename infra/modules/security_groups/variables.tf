variable "name" {
  description = "Prefix of every name."
  type        = string
}

variable "vpc_id" {
  description = "The network."
  type        = string
}

variable "allowed_cidrs" {
  description = "Addresses from which people reach the dashboard."
  type        = list(string)
}

variable "dashboard_port" {
  description = "Port at which the dashboard's tasks listen."
  type        = number
}
